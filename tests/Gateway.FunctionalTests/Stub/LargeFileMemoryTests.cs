using System.Diagnostics;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Stub;

/// <summary>What the transcoder holds for readers of a large file.</summary>
[Collection(nameof(MeasuresMemory))]
public sealed class LargeFileMemoryTests
{
    [Fact]
    public async Task File_OfAGigabyteToAHundredSlowReaders_CostsBoundedMemory()
    {
        var root = Directory.CreateTempSubdirectory("large-title-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(root, "large"));
            await File.WriteAllTextAsync(Path.Combine(root, "large", "title.json"), """{ "name": "Large", "made": "2026-01-01T00:00:00Z" }""");
            await using (var file = File.Create(Path.Combine(root, "large", "direct.mp4"))) file.SetLength(1 << 30);
            await using var app = TranscoderStub.Program.Build(["--urls", "http://127.0.0.1:0", $"--Transcoder:Titles:Root={root}"]);
            await app.StartAsync();
            using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 200 }) { BaseAddress = new Uri(app.Urls.Single()) };
            var before = Resident();
            var readers = await Task.WhenAll(Enumerable.Range(0, 100).Select(async _ =>
            {
                var answer = await client.GetAsync("/large/direct.mp4", HttpCompletionOption.ResponseHeadersRead);
                var body = await answer.Content.ReadAsStreamAsync();
                await body.ReadExactlyAsync(new byte[256 << 10]);
                return (answer, body);
            }));

            // All of them hang in the middle of the file, with what pipes and sockets hold in between.
            Assert.InRange(Resident() - before, long.MinValue, 64 << 20);
            foreach (var (answer, _) in readers)
            {
                Assert.Equal(1 << 30, answer.Content.Headers.ContentLength);
                answer.Dispose();
            }
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static long Resident()
    {
        GC.Collect();
        using var self = Process.GetCurrentProcess();
        return self.WorkingSet64;
    }
}
