using System.Text.Json;
using Gateway.FunctionalTests.Live;
using Gateway.Testing;

namespace Gateway.FunctionalTests.Browser;

/// <summary>
/// The capture page and the player page in Firefox, by command. It needs Firefox (Debian: apt-get install firefox-esr; another one by FIREFOX) and npm's registry: Firefox of a distribution is driven by WebDriver BiDi, which
/// the driver of the other tests does not speak.
/// </summary>
public sealed class FirefoxTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(8);

    [Fact(Explicit = true)]
    public async Task Pages_InFirefox_RecordAndPlay()
    {
        var modules = Directory.CreateTempSubdirectory("firefox-").FullName;
        try
        {
            await File.WriteAllTextAsync(Path.Combine(modules, "package.json"), "{}", TestContext.Current.CancellationToken);
            Assert.Equal(0, (await ForeignProgram.RunAsync(modules, s_patience, "npm", "install", "--no-fund", "--no-audit", "puppeteer-core"))?.ExitCode);
            await using var host = await LiveHost.StartAsync();

            var ending = await ForeignProgram.RunAsync(modules, s_patience, "node", Path.Combine(Repository.Root, "tests", "clients", "firefox", "pages.mjs"), host.Gateway.Url.AbsoluteUri, modules);

            Assert.NotNull(ending);
            Assert.True(ending.ExitCode == 0, ending.Errors);
            TestContext.Current.TestOutputHelper!.WriteLine(ending.Output);
            var told = JsonDocument.Parse(ending.Output).RootElement;
            Assert.Equal("", told.GetProperty("failure").GetString());
            Assert.Equal((0, told.GetProperty("recorded").GetInt32()), (told.GetProperty("dropped").GetInt32(), told.GetProperty("sent").GetInt32()));
            Assert.Empty(told.GetProperty("errors").EnumerateArray());
        }
        finally
        {
            Directory.Delete(modules, recursive: true);
        }
    }
}
