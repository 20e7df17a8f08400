using Gateway.Configuration;
using Gateway.Telemetry.Events;

namespace Gateway.Tests.Telemetry;

public sealed class EventFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("events-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task File_ReachesItsSize_IsTurnedOverWithWholeLinesAndTheOldestGoes()
    {
        var path = Path.Combine(_folder, "e.ndjson");
        await using var file = new EventFile(path, maxBytes: 100, count: 3);
        for (var i = 0; i < 10; i++) await file.WriteAsync(System.Text.Encoding.UTF8.GetBytes($"{i} {new string('x', 45)}\n"), CancellationToken.None);
        await file.CloseAsync();

        Assert.Equal(["e.ndjson", "e.ndjson.1", "e.ndjson.2"], Directory.GetFiles(_folder).Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal));
        Assert.Equal(["8", "9"], (await File.ReadAllLinesAsync(path)).Select(l => l[..1]));
        Assert.Equal(["6", "7"], (await File.ReadAllLinesAsync(path + ".1")).Select(l => l[..1]));
        Assert.Equal(["4", "5"], (await File.ReadAllLinesAsync(path + ".2")).Select(l => l[..1]));
    }

    [Fact]
    public async Task File_ThatIsThere_IsAppendedTo()
    {
        var path = Path.Combine(_folder, "e.ndjson");
        await File.WriteAllTextAsync(path, "old\n");
        await using (var file = new EventFile(path, maxBytes: 100, count: 1)) await file.WriteAsync("new\n"u8.ToArray(), CancellationToken.None);

        Assert.Equal("old\nnew\n", await File.ReadAllTextAsync(path));
    }

    [Fact]
    public async Task Start_FileThatCannotBeWritten_IsRefusedWithTheKnobsName()
    {
        var refused = await Assert.ThrowsAsync<WrongConfigurationException>(
            () => TelemetryHost.StartAsync(new() { ["Gateway:Telemetry:EventsFile"] = Path.Combine(_folder) }));

        Assert.Contains("Gateway:Telemetry:EventsFile", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("deleted")]
    [InlineData("moved away")]
    public async Task File_ThatSomebodyTookAway_IsMadeAnew(string how)
    {
        var path = Path.Combine(_folder, "e.ndjson");
        await using var file = new EventFile(path, maxBytes: 100, count: 2);
        await file.WriteAsync("one\n"u8.ToArray(), CancellationToken.None);
        if (how == "deleted") File.Delete(path);
        else File.Move(path, path + ".gone");
        await file.WriteAsync("two\n"u8.ToArray(), CancellationToken.None);
        await file.CloseAsync();

        Assert.Equal("two\n", await File.ReadAllTextAsync(path));
        if (how != "deleted") Assert.Equal("one\n", await File.ReadAllTextAsync(path + ".gone"));
    }

    [Fact]
    public async Task Write_ThatFailedHalfWay_LeavesNoHalfLine()
    {
        var path = Path.Combine(_folder, "e.ndjson");
        await using var file = new EventFile(path, maxBytes: 100, count: 2, write: async (stream, lines, cancel) =>
        {
            var isBroken = lines.Span.StartsWith("two"u8);
            await stream.WriteAsync(isBroken ? lines[..2] : lines, cancel);
            if (isBroken) throw new IOException("No space left on device");
        });
        await file.WriteAsync("one\n"u8.ToArray(), CancellationToken.None);
        await Assert.ThrowsAsync<IOException>(async () => await file.WriteAsync("two\n"u8.ToArray(), CancellationToken.None));
        await file.CloseAsync();
        await file.WriteAsync("three\n"u8.ToArray(), CancellationToken.None);
        await file.CloseAsync();

        Assert.Equal("one\nthree\n", await File.ReadAllTextAsync(path));
    }
}
