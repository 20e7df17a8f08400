using Gateway.Live.Storage;

namespace Gateway.Tests.Live.Storage;

public sealed class DurableFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("durable-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Folder_ThatCannotBeFlushed_IsToldAndNotPassedOver()
    {
        DurableFile.FlushFolder(_folder);
        Assert.Contains("cannot be opened", Assert.Throws<IOException>(() => DurableFile.FlushFolder(Path.Combine(_folder, "none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Folders_ThatAreMissing_AreFlushedFromTheFirstOneThatWasThere()
    {
        var flushed = new List<string>();
        DurableFile.CreateFolder(Path.Combine(_folder, "root", "stream_input", "session"), flushed.Add);
        Assert.Equal([_folder, Path.Combine(_folder, "root"), Path.Combine(_folder, "root", "stream_input")], flushed);
        DurableFile.CreateFolder(Path.Combine(_folder, "root", "stream_input", "session"), flushed.Add);
        Assert.Equal(3, flushed.Count);
    }

    /// <summary>Its writer tries again, and what is confirmed then must lie in a folder whose name is durable.</summary>
    [Fact]
    public void Folder_WhoseNameCouldNotBeFlushed_IsFlushedByTheNextTry()
    {
        var session = Path.Combine(_folder, "session");
        Assert.Throws<IOException>(() => DurableFile.CreateFolder(session, static _ => throw new IOException("The disk is away.")));
        var flushed = new List<string>();
        DurableFile.CreateFolder(session, flushed.Add);
        Assert.Equal([_folder], flushed);
        Assert.True(Directory.Exists(session));
    }

    /// <summary>Two writers at a time, many times: whoever is told that the name is his own finds his bytes there.</summary>
    [Fact]
    public void Name_ThatTwoWant_IsGivenToOne()
    {
        for (var i = 0; i < 300; i++)
        {
            var name = Path.Combine(_folder, $"{i}");
            var won = new bool[2];
            using var start = new Barrier(2);
            Parallel.For(0, 2, new ParallelOptions { MaxDegreeOfParallelism = 2 }, writer =>
            {
                File.WriteAllText($"{name}.{writer}", $"{writer}");
                start.SignalAndWait(TestContext.Current.CancellationToken);
                won[writer] = DurableFile.Publish($"{name}.{writer}", name);
            });
            Assert.True(won[0] != won[1], $"Of two writers {won.Count(w => w)} won.");
            Assert.Equal(won[0] ? "0" : "1", File.ReadAllText(name));
        }
    }
}
