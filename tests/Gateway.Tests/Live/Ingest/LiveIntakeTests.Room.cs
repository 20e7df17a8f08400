using Gateway.Live.Ingest;
using Gateway.Tests.Caching;
using Gateway.Tests.Live.Life;
using Microsoft.AspNetCore.Http;

namespace Gateway.Tests.Live.Ingest;

/// <content>Room in the store and on the volume: who takes it, who gets none.</content>
public sealed partial class LiveIntakeTests
{
    [Fact]
    public async Task Uploads_ThatBrokeOff_TakeRoomOfTheStore()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        node.Options.MaxBytes = 1000;
        Directory.CreateDirectory(node.Uploads.Folder);
        var (one, other) = (await node.BeginAsync("one"), await node.BeginAsync("other"));
        Assert.Equal(400, await SendAsync(node, one, 0, announced: 600, sent: 500));
        Assert.Equal(500, node.Uploads.Bytes);
        Assert.Equal(400, await SendAsync(node, other, 0, announced: 500, sent: 400));
        Assert.Equal(503, await SendAsync(node, other, 1, announced: 200, sent: 200));
        Assert.Equal(503, await SendAsync(node, one, 1, announced: null, sent: 200));

        // Whoever goes on takes no more than is missing, and what nobody goes on with is deleted, also after a restart.
        Assert.Equal(422, await SendAsync(node, one, 0, announced: 50, sent: 50, offset: 500));
        Assert.Equal(400, node.Uploads.Bytes);
        using var later = new LiveNode(_folder, TimeSpan.FromHours(1));
        later.Uploads.DeleteUnchanged(TimeSpan.FromHours(1));
        Assert.Equal(400, later.Uploads.Bytes);
        later.Uploads.DeleteUnchanged(TimeSpan.Zero);
        Assert.Equal(0, later.Uploads.Bytes);
    }

    /// <summary>Others fill the volume as well; what was confirmed needs room for its segments, and is confirmed again.</summary>
    [Fact]
    public async Task Chunks_BeforeTheVolumeIsFull_AreToldToComeAgain()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero) { Free = 20_000_000 };
        node.Options.MinFreeBytes = 10_000_000;
        Directory.CreateDirectory(node.Uploads.Folder);
        var session = await node.BeginAsync("volume");
        var chunk = await File.ReadAllBytesAsync(await RecordAsync(2), TestContext.Current.CancellationToken);
        Assert.Equal(201, await SendAsync(node, session, 0, chunk));
        node.Free = 10_000_000 + (2 * chunk.Length) - 1;
        Assert.Equal(503, await SendAsync(node, session, 1, chunk));
        Assert.Equal((200, chunk.Length), (await SendAsync(node, session, 0, chunk), session.Look(t => t.ChunkBytes)));
        node.Free++;
        Assert.Equal(201, await SendAsync(node, session, 1, chunk));

        // One whose volume does not tell goes by the store's own bound.
        (node.Free, node.Options.MinFreeBytes) = (null, 1L << 50);
        Assert.Equal(201, await SendAsync(node, session, 2, chunk));
    }

    /// <summary>A chunk lies there twice for a moment. One for which there is no room the second time is refused before its body is read, and not when it has come.</summary>
    [Fact]
    public async Task Chunk_WithoutRoomToBeKept_IsNotSentInVain()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero);
        node.Options.MinFreeBytes = 10_000_000;
        Directory.CreateDirectory(node.Uploads.Folder);
        var session = await node.BeginAsync("volume");
        var chunk = await File.ReadAllBytesAsync(await RecordAsync(2), TestContext.Current.CancellationToken);
        node.Free = 10_000_000 + (2 * chunk.Length) - 1;
        Assert.Equal((503, 0), await SendAsync(node, session, 0, new FillingBody(chunk, node)));
        node.Free++;
        Assert.Equal((201, chunk.Length), await SendAsync(node, session, 0, new FillingBody(chunk, node)));
    }

    /// <summary>An upload that is under way has its room: a second one must not take it.</summary>
    [Fact]
    public async Task Volume_WithUploadsUnderWay_HasRoomForTheirRest()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero) { Free = 11_000_000 };
        node.Options.MinFreeBytes = 10_000_000;
        Directory.CreateDirectory(node.Uploads.Folder);
        var session = await node.BeginAsync("volume");
        using (var first = await node.Uploads.TakeAsync("other", 0, TestContext.Current.CancellationToken))
        {
            first!.Announce(600_000);
            Assert.Equal(600_000, node.Uploads.Announced);
            Assert.Equal(503, await SendAsync(node, session, 0, announced: 500_000, sent: 500_000));
            Assert.Equal(422, await SendAsync(node, session, 0, announced: 200_000, sent: 200_000));
        }

        Assert.Equal(0, node.Uploads.Announced);
        Assert.Equal(422, await SendAsync(node, session, 0, announced: 500_000, sent: 500_000));
    }

    /// <summary>Several that come for the last bytes at once: the first has them. What is refused is taken back at once, and counts against nobody.</summary>
    [Fact]
    public async Task Room_WantedByTwoUploads_IsTheFirstOnes()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero) { Free = 11_000_000 };
        node.Options.MinFreeBytes = 10_000_000;
        Directory.CreateDirectory(node.Uploads.Folder);
        using var first = await node.Uploads.TakeAsync("one", 0, TestContext.Current.CancellationToken);
        using var second = await node.Uploads.TakeAsync("other", 0, TestContext.Current.CancellationToken);
        Assert.True(node.Admission.TryAnnounce(first!, 600_000));
        Assert.False(node.Admission.TryAnnounce(second!, 600_000));
        Assert.Equal((600_000, 600_000), (node.Uploads.Announced, node.Uploads.Bytes));
        Assert.True(node.Admission.TryAnnounce(second!, 400_000));
        Assert.False(node.Admission.TryAnnounce(first!, 600_001));
        Assert.Equal(400_000, node.Uploads.Announced);
    }

    /// <summary>One that does not tell its length has room for what comes, step by step: many slow ones would else keep that of as many largest chunks from all others.</summary>
    [Fact]
    public async Task Upload_WithoutALength_KeepsNoRoomThatItDoesNotFill()
    {
        using var node = new LiveNode(_folder, TimeSpan.Zero) { Free = 10_000_000 + (4 * ChunkIntake.Step) };
        node.Options.MinFreeBytes = 10_000_000;
        Directory.CreateDirectory(node.Uploads.Folder);
        var session = await node.BeginAsync("slow");
        var slow = new StandingBody(new byte[100_000]);
        var context = new DefaultHttpContext();
        context.Request.Body = slow;
        var sending = node.Intake.TakeAsync(context, session, 0);
        await slow.Stands.WaitAsync(Deadline.Value, TestContext.Current.CancellationToken);
        Assert.Equal(ChunkIntake.Step, node.Uploads.Announced);
        Assert.Equal(422, await SendAsync(node, session, 1, announced: ChunkIntake.Step, sent: ChunkIntake.Step));
        slow.End();
        await sending.WaitAsync(Deadline.Value, TestContext.Current.CancellationToken);
        Assert.Equal((422, 0), (context.Response.StatusCode, node.Uploads.Announced));

        // Beyond what there is it is refused, and what came of it is gone.
        Assert.Equal(503, await SendAsync(node, session, 2, announced: null, sent: 5 * ChunkIntake.Step));
        Assert.Equal((0, 0, 0), (node.Uploads.LengthOf("slow", 2), node.Uploads.Announced, node.Uploads.Bytes));
    }
}
