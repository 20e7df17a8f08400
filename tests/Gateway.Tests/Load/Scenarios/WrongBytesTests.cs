using System.Net;
using Gateway.Load.Links;
using Gateway.Load.Links.Virtual;
using Gateway.Load.Pacing;
using Gateway.Load.Players;
using Gateway.Load.Reports;
using Gateway.Load.Scenarios;
using Gateway.Load.Targets;
using Gateway.Tests.Load.Players;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Load.Scenarios;

/// <summary>A system that changes one byte of a title, or leaves one out, fails the run, in virtual time and over sockets.</summary>
public sealed class WrongBytesTests
{
    private static readonly TitleShape s_shape = new() { Name = "film", Rungs = [new RungShape(300, 270)], AudioKbps = 0, Segments = 40, Think = TimeSpan.Zero };

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void Run_OfASystemThatSpoilsOneSegment_IsFailedByIt(bool altersOne, bool cutsOne)
    {
        var title = new SyntheticTitle(s_shape);
        var server = new AnsweringServer(title, (request, reply) => !request.Path.EndsWith("/5.m4s", StringComparison.Ordinal) ? reply : reply with { IsAltered = altersOne, Length = cutsOne ? reply.Length - 1 : reply.Length });
        var test = new LoadTest
        {
            Name = "spoiled",
            Scenarios = [Scenario.Create("viewers", VirtualTest.Stayers(title)).WithLoadSimulations(LoadSimulation.KeepConstant(3, TimeSpan.FromSeconds(60)))],
            Thresholds = [Threshold.Parse("faults.wrongBytes <= 0"), Threshold.Parse("faults.wrongLength <= 0")],
        };
        var report = VirtualTest.Play(test, server, new LinkOptions { Trace = RateTrace.Constant(10_000) }, title);
        Assert.Equal(altersOne ? 3 : 0, report.ValueOf("faults.wrongBytes"));
        Assert.Equal(cutsOne ? 3 : 0, report.ValueOf("faults.wrongLength"));
        Assert.Equal(altersOne || cutsOne, report.ValueOf("requests.failed") > 0);
        Assert.Equal(!altersOne && !cutsOne, report.HasPassed);
        Assert.Equal(1, report.ValueOf("segments.compared"));
        Assert.Contains(Verdict.Of(report).Sentences, s => s.Contains("100 % of the segments were compared", StringComparison.Ordinal));
    }

    [Fact]
    public void Run_OfTitlesThatNobodyKnows_SaysThatNothingWasCompared()
    {
        var title = new SyntheticTitle(s_shape);
        var test = new LoadTest { Name = "unknown", Scenarios = [Scenario.Create("viewers", VirtualTest.Stayers(title)).WithLoadSimulations(LoadSimulation.KeepConstant(1, TimeSpan.FromSeconds(60)))] };
        var report = VirtualTest.Play(test, title, new LinkOptions { Trace = RateTrace.Constant(10_000) });
        Assert.Contains(Verdict.Of(report).Sentences, s => s.StartsWith("No bytes were compared", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("", true, true)]
    [InlineData("alter", false, true)]
    [InlineData("cut", true, false)]
    [InlineData("other", false, false)]
    public async Task Segment_OverSockets_IsComparedWithTheOrigins(string spoils, bool hasKnownBytes, bool hasKnownLength)
    {
        var origin = new SyntheticOrigin([s_shape], TimeProvider.System);
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        await using var server = builder.Build();
        server.Use((context, next) => SpoilAsync(context, next, spoils));
        origin.Map(server);
        await server.StartAsync(TestContext.Current.CancellationToken);
        var path = "/film/v0/5.m4s";
        var known = origin.Of($"/play{path}?token=a/b")!;

        using var over = new CancellationTokenSource();
        using var loop = new RealTimeLoop(TimeProvider.System);
        using var invoker = HttpTransport.NewInvoker();
        var listener = new Ending();
        loop.Post(new Doing(() => new HttpTransport(loop, invoker, null).Send(new TransferRequest { Kind = TransferKind.Segment, Root = server.Urls.First(), Path = path, Method = "GET", Known = known }, listener, 0)), 0);
        var running = Task.Run(() => loop.RunAsync(over.Token), CancellationToken.None);
        var transfer = await listener.Ended.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        await over.CancelAsync();
        await running;

        Assert.Equal((TransferEnd.Complete, (int)HttpStatusCode.OK), (transfer.End, transfer.Status));
        Assert.Equal(hasKnownBytes, transfer.HasKnownBytes);
        Assert.Equal(hasKnownLength, transfer.Received == known.Length);
        Assert.Equal(!hasKnownLength ? PlayerFault.WrongLength : hasKnownBytes ? null : PlayerFault.WrongBytes, FaultKinds.Of(transfer));
    }

    [Fact]
    public void StoredTitles_BelowAnyPrefix_AreTheirFiles()
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "titles");
        var titles = new StoredTitles(folder);
        var file = File.ReadAllBytes(Path.Combine(folder, "demo-ts", "v270", "seg_00003.ts"));
        var known = titles.Of("/play/some-ticket/demo-ts/v270/seg_00003.ts?token=1")!;
        Assert.Equal(file.Length, known.Length);
        Assert.True(known.Has(0, file));
        Assert.False(known.Has(1, file.AsSpan(0, 8)));
        Assert.True(known.Piece(new Gateway.Media.ByteRange(100, 50)).Has(0, file.AsSpan(100, 50)));
        Assert.Null(titles.Of("/play/demo-ts-live/v270/seg_00003.ts"));
        Assert.Null(titles.Of("/play/demo-ts/master.m3u8"));
    }

    [Fact]
    public void SyntheticContent_OfTwoPaths_IsNotTheSame()
    {
        var title = new SyntheticTitle(s_shape);
        var (five, six) = (title.Of("/film/v0/5.m4s")!, title.Of("/film/v0/6.m4s")!);
        Assert.Equal(title.SizeOf(isVideo: true, 0, 5), five.Length);
        Assert.False(six.Has(0, five.From(0).Span[..16]));
        Assert.Null(title.Of("/film/v0/40.m4s"));
        Assert.Null(title.Of("/film/v1/5.m4s"));
        Assert.Null(title.Of("/other/v0/5.m4s"));
    }

    private static async Task SpoilAsync(HttpContext context, RequestDelegate next, string how)
    {
        if (how.Length == 0)
        {
            await next(context);
            return;
        }

        // Another segment's body in this one's place is what a cache with a wrong key gives.
        if (how == "other") context.Request.Path = "/film/v0/6.m4s";
        using var kept = new MemoryStream();
        var wire = context.Response.Body;
        context.Response.Body = kept;
        await next(context);
        context.Response.Body = wire;
        var bytes = kept.ToArray();
        if (how == "alter") bytes[bytes.Length / 2] ^= 1;
        if (how == "cut") bytes = bytes[..^1];
        context.Response.ContentLength = bytes.Length;
        await wire.WriteAsync(bytes, context.RequestAborted);
    }

    private sealed class Doing(Action deed) : IScheduled
    {
        public void Fire(long tag) => deed();
    }

    private sealed class Ending : ITransferListener
    {
        public TaskCompletionSource<Transfer> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Began(Transfer transfer)
        {
        }

        void ITransferListener.Ended(Transfer transfer) => Ended.TrySetResult(transfer);
    }
}
