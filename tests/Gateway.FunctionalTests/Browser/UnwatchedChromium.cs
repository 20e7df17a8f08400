using System.Diagnostics;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json;
using Gateway.FunctionalTests.Common;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// A browser with one page, which is asked a question now and then and otherwise left alone. A browser under the test driver keeps what it has received for whoever watches it, in the process whose
/// memory is to be measured.
/// </summary>
internal sealed class UnwatchedChromium : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _page = new();
    private int _questions;

    private UnwatchedChromium(Process process, string profile)
    {
        _process = process;
        _profile = profile;
    }

    public static async Task<UnwatchedChromium> OpenAsync(Uri page)
    {
        var path = Chromium.Places.FirstOrDefault(File.Exists);
        Assert.SkipWhen(path is null, "Chromium is not installed (Debian package chromium).");
        var profile = Directory.CreateTempSubdirectory("profile-").FullName;
        string[] arguments = [.. Chromium.Arguments, "--remote-debugging-port=0", $"--user-data-dir={profile}", page.ToString()];
        var process = Process.Start(new ProcessStartInfo(path!, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var browser = new UnwatchedChromium(process, profile);
        try
        {
            await browser.AttachAsync();
            return browser;
        }
        catch
        {
            await browser.DisposeAsync();
            throw;
        }
    }

    /// <summary>What an expression of the page amounts to.</summary>
    public async Task<JsonElement> AskAsync(string expression)
    {
        var id = ++_questions;
        var question = JsonSerializer.SerializeToUtf8Bytes(new { id, method = "Runtime.evaluate", @params = new { expression, returnByValue = true } });
        await _page.SendAsync(question, WebSocketMessageType.Text, endOfMessage: true, TestContext.Current.CancellationToken);
        while (true)
        {
            using var message = new MemoryStream();
            var piece = new byte[16 << 10];
            ValueWebSocketReceiveResult got;
            do
            {
                got = await _page.ReceiveAsync(piece.AsMemory(), TestContext.Current.CancellationToken);
                message.Write(piece, 0, got.Count);
            }
            while (!got.EndOfMessage);
            var told = JsonDocument.Parse(message.ToArray()).RootElement;
            if (!told.TryGetProperty("id", out var answered) || answered.GetInt32() != id) continue;
            var result = told.GetProperty("result");
            Assert.False(result.TryGetProperty("exceptionDetails", out var thrown), thrown.ToString());
            return result.GetProperty("result").TryGetProperty("value", out var value) ? value : default;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _page.Dispose();
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_profile, recursive: true);
    }

    /// <summary>The browser writes its port beside its profile as soon as it has one.</summary>
    private async Task AttachAsync()
    {
        var file = Path.Combine(_profile, "DevToolsActivePort");
        string[] lines = [];
        await Patience.UntilAsync(async () =>
        {
            if (!File.Exists(file)) return false;
            lines = await File.ReadAllLinesAsync(file);
            return lines.Length >= 2;
        });
        using var client = new HttpClient();
        string? address = null;
        await Patience.UntilAsync(async () =>
        {
            var pages = await client.GetFromJsonAsync<JsonElement[]>($"http://127.0.0.1:{lines[0]}/json/list") ?? [];
            address = pages.Where(p => p.GetProperty("type").GetString() == "page").Select(p => p.GetProperty("webSocketDebuggerUrl").GetString()).FirstOrDefault();
            return address is not null;
        });
        await _page.ConnectAsync(new Uri(address!), TestContext.Current.CancellationToken);
    }
}
