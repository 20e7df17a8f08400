using Gateway.FunctionalTests.Common;
using Microsoft.Playwright;

namespace Gateway.FunctionalTests.Browser;

/// <summary>The machine's own Chromium, started once for all browser tests. Without one they are skipped, each with the reason.</summary>
public class Chromium : IAsyncLifetime
{
    internal static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

    // No sandbox: continuous integration runs as root. The rest keeps the browser from contacting any host but the gateway.
    internal static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    /// <summary>What a test needs beside the usual.</summary>
    protected virtual string[] More => [];

    public async ValueTask InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } path) return;
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = path, Headless = true, Args = [.. Arguments, .. More], Timeout = (float)Patience.Deadline.TotalMilliseconds });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        _playwright?.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>A fresh profile: no cache and no cookies of another test.</summary>
    internal async Task<PlayerPage> OpenAsync(Uri gateway)
    {
        if (_browser is null) Assert.Skip($"Chromium is not installed (Debian package chromium); looked for {string.Join(", ", Places)}.");
        return await PlayerPage.NewAsync(_browser, gateway);
    }
}
