using System.Net;
using System.Text;
using Gateway.Access.EdgeAuth;
using Gateway.Access.Tickets;
using Gateway.Admin;
using Gateway.Configuration;
using Gateway.Origin;
using Gateway.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Gateway.Tests.Configuration;

/// <summary>Secrets from files, and what happens when the files change.</summary>
public sealed class SecretFileTests : IDisposable
{
    private const string First = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    private const string Second = "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100";

    private readonly string _folder = Directory.CreateTempSubdirectory("secrets-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Files_ThatChange_CountWithoutARestart()
    {
        var clock = ManualTimeProvider.FromNow();
        await using var app = await StartAsync(
            clock,
            $"--Gateway:Access:TicketKeysFile={Put("tickets", $"a:{First}\n")}",
            $"--Gateway:Access:EdgeAuthKeyFile={Put("edge", $"{First}\n")}",
            $"--Gateway:Admin:ApiKeyFile={Put("admin", "ann:the-key-of-ann-and-only-hers\n")}",
            $"--Gateway:Origin:BearerKeyFiles:origin={Put("bearer", "first-bearer\n")}");
        var signer = app.Services.GetRequiredService<TicketSigner>();
        var issuer = app.Services.GetRequiredService<TicketIssuer>();
        var ring = app.Services.GetRequiredService<TicketKeyRing>();
        var admin = app.Services.GetRequiredService<AdminKeys>();
        var edge = app.Services.GetRequiredService<EdgeAuthVerifier>();
        var origin = app.Services.GetRequiredService<OriginOptions>();
        var ticket = signer.Issue(issuer.Open(Guid.NewGuid(), "", "origin", "/a/b.m3u8"));
        Assert.Equal("a", ring.Signing.Id);
        Assert.Equal(TicketVerdict.Valid, signer.Verify(ticket, out _));
        Assert.Equal("ann", admin.Find("the-key-of-ann-and-only-hers"));
        Assert.Equal(EdgeAuthVerdict.Valid, edge.Verify(Token(First, clock), IPAddress.Loopback, "/a", out _));
        Assert.Equal("first-bearer", origin.BearerKeys["origin"]);

        Put("tickets", $"b:{Second}\n");
        Put("edge", $"{First}\n{Second}\n");
        Put("admin", "bob:the-key-of-bob-and-only-his\nthe-key-of-nobody-in-particular\n");
        Put("bearer", "second-bearer");
        await TurnAsync(clock, () => ring.Signing.Id == "b" && admin.Find("the-key-of-bob-and-only-his") == "bob" && origin.BearerKeys["origin"] == "second-bearer");
        // What was genuine by the key that is gone is so no more, however often it was seen.
        Assert.Equal(TicketVerdict.UnknownKey, signer.Verify(ticket, out _));
        Assert.Null(admin.Find("the-key-of-ann-and-only-hers"));
        Assert.Equal("key-1", admin.Find("the-key-of-nobody-in-particular"));
        Assert.Equal(EdgeAuthVerdict.Valid, edge.Verify(Token(First, clock), IPAddress.Loopback, "/a", out _));
        Assert.Equal(EdgeAuthVerdict.Valid, edge.Verify(Token(Second, clock), IPAddress.Loopback, "/a", out _));

        // A mistake, an empty file and a missing one change nothing.
        Put("tickets", "too-short");
        Put("edge", "");
        File.Delete(Path.Combine(_folder, "admin"));
        Put("bearer", "third-bearer");
        await TurnAsync(clock, () => origin.BearerKeys["origin"] == "third-bearer");
        Assert.Equal("b", ring.Signing.Id);
        Assert.Equal(EdgeAuthVerdict.Valid, edge.Verify(Token(Second, clock), IPAddress.Loopback, "/a", out _));
        Assert.Equal("bob", admin.Find("the-key-of-bob-and-only-his"));
    }

    [Fact]
    public void File_MissingOrBesideAValue_RefusesTheStartWithoutAnySecret()
    {
        var missing = Assert.Throws<WrongConfigurationException>(() => Build($"--Gateway:Admin:ApiKeyFile={_folder}/nothing"));
        Assert.Contains("Gateway:Admin:ApiKeyFile", missing.Message, StringComparison.Ordinal);
        var both = Assert.Throws<WrongConfigurationException>(() => Build($"--Gateway:Access:TicketKeysFile={Put("tickets", First)}", $"--Gateway:Access:TicketKeys:0={Second}"));
        Assert.Contains("not both", both.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Second, both.Message, StringComparison.Ordinal);
        var wrong = Assert.Throws<WrongConfigurationException>(() => Build($"--Gateway:Access:TicketKeysFile={Put("short", "some-secret")}"));
        Assert.DoesNotContain("some-secret", wrong.Message, StringComparison.Ordinal);
        var index = Assert.Throws<WrongConfigurationException>(() => Build($"--Gateway:Access:TicketKeys={First}", $"--Gateway:Origin:BearerKeys={Second}"));
        Assert.DoesNotContain(First, index.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Second, index.Message, StringComparison.Ordinal);
        var store = Assert.Throws<WrongConfigurationException>(() => Build($"--ConnectionStrings:SessionsFile={Put("db", "Host=db;Passwort=geheim")}"));
        Assert.DoesNotContain("geheim", store.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SettingsFile_ThatChanges_ChangesKeysToo()
    {
        var settings = Put("settings.json", """{"Gateway":{"Admin":{"ApiKey":"the-first-key-of-operators"},"Access":{"TicketKeys":["a:FIRST"]}}}""".Replace("FIRST", First, StringComparison.Ordinal).Replace("SECOND", Second, StringComparison.Ordinal));
        var clock = ManualTimeProvider.FromNow();
        await using var app = await StartAsync(builder => Microsoft.Extensions.Configuration.JsonConfigurationExtensions.AddJsonFile(builder.Configuration, settings, optional: false, reloadOnChange: false), clock);
        Put("settings.json", """{"Gateway":{"Admin":{"ApiKey":"the-second-key-of-operators"},"Access":{"TicketKeys":["b:SECOND","a:FIRST"]}}}""".Replace("FIRST", First, StringComparison.Ordinal).Replace("SECOND", Second, StringComparison.Ordinal));
        ((Microsoft.Extensions.Configuration.IConfigurationRoot)app.Configuration).Reload();
        Assert.Equal("operator", app.Services.GetRequiredService<AdminKeys>().Find("the-second-key-of-operators"));
        Assert.Null(app.Services.GetRequiredService<AdminKeys>().Find("the-first-key-of-operators"));
        Assert.Equal("b", app.Services.GetRequiredService<TicketKeyRing>().Signing.Id);
    }

    private static void Build(params string[] args)
    {
        using var app = Gateway.Program.Build(["--urls=http://127.0.0.1:0", .. args]);
    }

    private static Task<WebApplication> StartAsync(TimeProvider clock, params string[] args) => StartAsync(_ => { }, clock, args);

    private static async Task<WebApplication> StartAsync(Action<WebApplicationBuilder> adjust, TimeProvider clock, params string[] args)
    {
        var app = Gateway.Program.Build(["--urls=http://127.0.0.1:0", "--Gateway:Telemetry:Events=Off", .. args], builder =>
        {
            builder.Logging.ClearProviders();
            builder.Services.AddSingleton(clock);
            adjust(builder);
        });
        await app.StartAsync();
        return app;
    }

    /// <summary>Puts the clock forward until the change has been seen; the look itself is another thread's.</summary>
    private static async Task TurnAsync(ManualTimeProvider clock, Func<bool> isSeen)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(2));
        while (!isSeen())
        {
            clock.Advance(SecretFileWatch.Interval);
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        }
    }

    private static string Token(string key, TimeProvider clock)
    {
        var signed = $"exp={clock.GetUtcNow().ToUnixTimeSeconds() + 600}~acl=/*";
        return $"{signed}~hmac={Convert.ToHexStringLower(System.Security.Cryptography.HMACSHA256.HashData(Convert.FromHexString(key), Encoding.UTF8.GetBytes(signed)))}";
    }

    private string Put(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
