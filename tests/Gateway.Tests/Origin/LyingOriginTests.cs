using System.Globalization;
using Gateway.Media;
using Gateway.Origin;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Origin;

/// <summary>Destinations that break their bodies and answer the request for the rest with anything: the reader gets bytes of the version that it began with, or a break.</summary>
public sealed class LyingOriginTests
{
    private const int Games = 300;

    private const int Length = 4_000;

    private static readonly byte[][] Versions = [RangedOrigin.Bytes(Length, 10), RangedOrigin.Bytes(Length, 11), RangedOrigin.Bytes(Length + 777, 12)];

    private readonly Random _random = new(15);

    private int _version;

    [Fact]
    public async Task Read_AnyAnswerToTheRest_NeverGivesAByteOfAnotherVersion()
    {
        await using var one = await LoopbackUpstream.StartAsync(AnswerAsync);
        await using var other = await LoopbackUpstream.StartAsync(AnswerAsync);
        await using var network = await UpstreamNetwork.OpenAsync(
            [.. UpstreamNetwork.Cluster("origin", one.Address, other.Address), ("Gateway:Origin:StallTimeout", "00:05:00"), ("Gateway:Origin:BreakerMinimumExchanges", "100000")]);
        var (whole, broken) = (0, 0);
        for (var game = 0; game < Games; game++)
        {
            var range = _random.Next(3) == 0 ? new ByteRange(500, 2_000) : (ByteRange?)null;
            await using var reply = await network.Fetch(new OriginRequest { Address = new MediaAddress("origin", $"/{game}/seg.m4s", ""), Range = range }, network.Patience);
            // What a first answer without a place holds cannot be told; it is not continued either.
            if (reply.Head is not { } head || (head.Status == 206 && !ContentRange.TryParse(head["Content-Range"], out _))) continue;
            var version = Versions[int.Parse(reply.Head["ETag"]!.Trim('"'), CultureInfo.InvariantCulture)];
            var from = ContentRange.TryParse(reply.Head["Content-Range"], out var part) ? (int)part.First : 0;
            var read = new MemoryStream();
            var isBroken = await TryReadAsync(network, reply, read) is false;
            Assert.True(version.AsSpan(from, (int)read.Length).SequenceEqual(read.ToArray()), $"game {game}");
            if (isBroken) broken++;
            else whole++;
            if (!isBroken) Assert.Equal(reply.Length ?? version.Length - from, read.Length);
        }

        // Both endings have to be met, or the game proves nothing.
        Assert.True(whole > Games / 10 && broken > Games / 10, $"{whole} whole, {broken} broken");
    }

    private static async Task<bool> TryReadAsync(UpstreamNetwork network, OriginReply reply, MemoryStream into)
    {
        var buffer = new byte[1500];
        try
        {
            for (int n; (n = await reply.ReadAsync(buffer, network.Patience)) > 0;) into.Write(buffer, 0, n);
            return true;
        }
        catch (OriginBrokenException)
        {
            return false;
        }
    }

    private async Task AnswerAsync(HttpContext context)
    {
        int Next(int below)
        {
            lock (_random) return _random.Next(below);
        }

        var asked = context.Request.GetTypedHeaders().Range?.Ranges.Single();
        if (Next(10) == 0) _version = Next(Versions.Length);
        var (version, file) = (_version, Versions[_version]);
        var (from, to) = asked is null || Next(6) == 0 ? (0, file.Length) : ((int)asked.From!.Value, (int)Math.Min(file.Length, (asked.To ?? file.Length) + 1));
        var answer = context.Response;
        var isPart = to - from < file.Length;
        // If-Range is ignored by this origin: that alone is one of the lies.
        if (isPart && Next(8) == 0) from = Math.Min(to - 1, from + 1 + Next(50));
        if (isPart && Next(8) == 0) to = Math.Max(from + 1, to - 1 - Next(50));
        answer.StatusCode = isPart && Next(12) != 0 ? 206 : 200;
        if (answer.StatusCode == 200) (from, to) = (0, file.Length);
        answer.Headers.ETag = $"\"{version}\"";
        answer.ContentType = Next(20) == 0 ? "text/html" : "video/mp4";
        if (Next(25) == 0) answer.Headers.ContentEncoding = "br";
        var complete = Next(12) == 0 ? "*" : (file.Length + (Next(12) == 0 ? 5 : 0)).ToString(CultureInfo.InvariantCulture);
        if (answer.StatusCode == 206 && Next(15) != 0) answer.Headers.ContentRange = $"bytes {from}-{to - 1}/{complete}";
        answer.ContentLength = to - from;
        var sent = Next(3) > 0 ? Next(to - from) : to - from;
        await answer.Body.WriteAsync(file.AsMemory(from, sent), context.RequestAborted);
    }
}
