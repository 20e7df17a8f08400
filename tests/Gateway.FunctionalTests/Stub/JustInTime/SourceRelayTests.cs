using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using TranscoderStub.Sources;

namespace Gateway.FunctionalTests.Stub.JustInTime;

/// <summary>What ffmpeg is given of a source that is read over HTTP.</summary>
public sealed class SourceRelayTests
{
    private static readonly byte[] s_film = [.. Enumerable.Range(0, 5000).Select(i => (byte)i)];

    [Theory]
    [InlineData("bytes=0-", HttpStatusCode.OK, 5000)]
    [InlineData("bytes=100-", HttpStatusCode.BadGateway, 0)]
    public async Task Source_ThatIgnoresARange_IsReadAsAWholeOrNotAtAll(string range, HttpStatusCode expected, int length)
    {
        var library = Directory.CreateTempSubdirectory("relay-").FullName;
        await using var source = await StartSourceAsync();
        await using var host = await JustInTimeHost.StartAsync(library);
        var film = await host.Part<SourceRelay>().OpenAsync("film", $"{source.Urls.Single()}/film", null, TestContext.Current.CancellationToken);
        using var request = new HttpRequestMessage(HttpMethod.Get, film.Input);
        request.Headers.TryAddWithoutValidation("Range", range);
        using var answer = await host.Client.SendAsync(request);

        Assert.Equal((expected, length), (answer.StatusCode, (await answer.Content.ReadAsByteArrayAsync()).Length));
        Directory.Delete(library);
    }

    private static async Task<WebApplication> StartSourceAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();

        // The first byte alone is given, as it is to whoever asks how long the file is; every other request gets all.
        app.MapGet("/film", (HttpRequest request) => Results.Bytes(s_film, "video/mp4", enableRangeProcessing: request.Headers.Range == "bytes=0-0"));
        await app.StartAsync();
        return app;
    }
}
