using System.IO.Compression;
using System.Text;
using System.Text.RegularExpressions;

namespace Gateway.Benchmarks.Lending;

/// <summary>
/// A request for a playlist: by <c>/play</c>, where each address is rewritten for the session and the answer lies in a buffer of its own, or within the session, where all viewers share one. Compressed or not.
/// </summary>
/// <param name="list">Which one.</param>
/// <param name="method">GET or HEAD.</param>
/// <param name="zips">Whether it is asked for compressed.</param>
/// <param name="sessions">The folder of a playlist within its session, where one is known.</param>
internal sealed partial class PlaylistRequest(StressPlaylist list, string method, bool zips, Dictionary<StressPlaylist, string> sessions)
    : StressRequest(method, sessions.TryGetValue(list, out var folder) ? folder + list.Name : $"/play/{list.Folder}{list.Name}")
{
    private readonly bool _isOfSession = sessions.ContainsKey(list);
    private byte[] _body = [];
    private bool _isZipped;

    protected override string Fields => zips ? "Accept-Encoding: gzip\r\n" : string.Empty;

    public override int LengthBy(string head)
    {
        if (!head.StartsWith("HTTP/1.1 200 ", StringComparison.Ordinal) || ContentLength(head) is not (> 0 and var length)) return -1;
        _isZipped = head.Contains("\r\nContent-Encoding: gzip\r\n", StringComparison.Ordinal);
        _body = new byte[length];
        return length;
    }

    public override bool MayBe(string head)
    {
        // A session that is over: the next one asks by /play again.
        if (_isOfSession && head.StartsWith("HTTP/1.1 4", StringComparison.Ordinal)) return sessions.Remove(list) || true;
        return base.MayBe(head);
    }

    public override bool Takes(int at, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(_body.AsSpan(at));
        return true;
    }

    public override bool Ends()
    {
        string text;
        try
        {
            text = Encoding.ASCII.GetString(_isZipped ? Unzip(_body) : _body);
        }
        catch (InvalidDataException)
        {
            return false;
        }

        if (_isOfSession) return text == list.Text;
        var first = FirstAddress().Match(text);
        if (!first.Success || text != list.Prefixed(first.Groups["folder"].Value)) return false;
        sessions[list] = first.Groups["folder"].Value;
        return true;
    }

    private static byte[] Unzip(byte[] body)
    {
        using var plain = new MemoryStream();
        using var zip = new GZipStream(new MemoryStream(body), CompressionMode.Decompress);
        zip.CopyTo(plain);
        return plain.ToArray();
    }

    [GeneratedRegex("^(?<folder>/api/v1/playback/[^/\\n]+/origin/l[0-9]+/)of", RegexOptions.Multiline | RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex FirstAddress();
}
