using System.Buffers.Text;
using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Gateway.Benchmarks.Peers;

/// <summary>
/// The gateway, nginx and Varnish before one origin, which is an nginx as well: each a process of its own on the servers' core; objects in memory everywhere. nginx checks a token that expires, the gateway a ticket, and it keeps the
/// session and counts metrics; Varnish, which is left out where it is not installed, and has no TLS, checks nothing.
/// </summary>
internal sealed class PeerSet : IAsyncDisposable
{
    private const int OriginCore = 1;

    private static readonly (string Name, int Bytes)[] s_segments = [("seg_2k.ts", 2 << 10), ("seg_100k.ts", 100 << 10), ("seg_1m.ts", 1 << 20)];

    private readonly string _run = Directory.CreateTempSubdirectory("gateway-bench-").FullName;
    private readonly string _memory = $"/dev/shm/gateway-bench-{Environment.ProcessId.ToString(CultureInfo.InvariantCulture)}";
    private readonly List<ServerProcess> _servers = [];

    private PeerSet()
    {
    }

    /// <summary>The gateway first: the quotients are its own.</summary>
    public List<Peer> Plain { get; } = [];

    public List<Peer> Tls { get; } = [];

    /// <summary>The same, asked as a player that has no session yet.</summary>
    public List<Peer> Entries { get; } = [];

    /// <summary>Asked for a compressed form, as players do: the gateway, an nginx that compresses, and one that does not.</summary>
    public List<Peer> Zipped { get; } = [];

    /// <summary>The same, without a session.</summary>
    public List<Peer> ZippedEntries { get; } = [];

    /// <summary>The same, asked as browsers do: what the gateway then takes is brotli, which nginx has not.</summary>
    public List<Peer> BrowserEntries { get; } = [];

    /// <summary>The origin itself.</summary>
    public Peer Origin { get; private set; } = null!;

    public static async Task<PeerSet> StartAsync()
    {
        var set = new PeerSet();
        try
        {
            await set.StartAllAsync();
            return set;
        }
        catch
        {
            await set.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers) await server.DisposeAsync();
        Directory.Delete(_run, recursive: true);
        if (Directory.Exists(_memory)) Directory.Delete(_memory, recursive: true);
    }

    private async Task StartAllAsync()
    {
        WriteFiles();
        await RunAsync("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-keyout", $"{_run}/key.pem", "-out", $"{_run}/cert.pem");
        var (originPort, nginxPort, nginxTls, varnishPort, gatewayPort, gatewayTls) =
            (ServerProcess.FreePort(), ServerProcess.FreePort(), ServerProcess.FreePort(), ServerProcess.FreePort(), ServerProcess.FreePort(), ServerProcess.FreePort());
        foreach (var name in (string[])["origin.conf", "nginx.conf"])
        {
            var text = new StringBuilder(await File.ReadAllTextAsync(Path.Combine(AppContext.BaseDirectory, "Peers", name)))
                .Replace("{run}", _run).Replace("{memory}", $"{_memory}/nginx").Replace("{user}", Environment.IsPrivilegedProcess ? "user root;" : "")
                .Replace("{origin}", Text(originPort)).Replace("{port}", Text(nginxPort)).Replace("{tls}", Text(nginxTls));
            await File.WriteAllTextAsync($"{_run}/{name}", text.ToString());
        }

        var origin = await AddAsync(OriginCore, originPort, "nginx", "-p", _run, "-c", $"{_run}/origin.conf", "-e", $"{_run}/origin.log");
        Origin = new Peer("origin", origin, name => new Uri($"http://127.0.0.1:{Text(originPort)}/film/{name}"));

        // Addresses beside the command line's own, so that both kinds are measured in one process.
        var gateway = await AddAsync(
            ServerProcess.Core, gatewayPort, "dotnet", Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), $"--urls=http://127.0.0.1:{Text(gatewayPort)};https://127.0.0.1:{Text(gatewayTls)}",
            $"--ReverseProxy:Clusters:origin:Destinations:a:Address=http://127.0.0.1:{Text(originPort)}/", $"--Kestrel:Certificates:Default:Path={_run}/cert.pem", $"--Kestrel:Certificates:Default:KeyPath={_run}/key.pem",
            "--Gateway:Telemetry:SegmentEvents=Failures", "--Gateway:Access:TicketKeyFile=none", "--Logging:LogLevel:Default=Warning");
        var folder = await OpenAsync(new Uri($"http://127.0.0.1:{Text(gatewayPort)}"));
        Plain.Add(new Peer("gateway", gateway, name => new Uri($"http://127.0.0.1:{Text(gatewayPort)}{folder}{name}")));
        Entries.Add(new Peer("gateway", gateway, name => new Uri($"http://127.0.0.1:{Text(gatewayPort)}/play/film/{name}")));
        Tls.Add(new Peer("gateway", gateway, name => new Uri($"https://127.0.0.1:{Text(gatewayTls)}{folder}{name}")));

        var nginx = await AddAsync(ServerProcess.Core, nginxPort, "nginx", "-p", _run, "-c", $"{_run}/nginx.conf", "-e", $"{_run}/nginx.log");
        Plain.Add(new Peer("nginx", nginx, name => Tokened($"http://127.0.0.1:{Text(nginxPort)}", name)));
        Entries.Add(Plain[^1]);
        Tls.Add(new Peer("nginx", nginx, name => Tokened($"https://127.0.0.1:{Text(nginxTls)}", name)));
        Peer[] others = [new("nginx", nginx, name => Tokened($"http://127.0.0.1:{Text(nginxPort)}", name, "zipped"), "gzip"), Plain[^1]];
        Zipped.AddRange([Plain[0] with { Codings = ["gzip"] }, .. others]);
        ZippedEntries.AddRange([Entries[0] with { Codings = ["gzip"] }, .. others]);
        BrowserEntries.AddRange([Entries[0] with { Codings = ["br", "gzip", "deflate"] }, .. others]);
        if (!Programs.Has("varnishd")) return;
        var varnish = await AddAsync(
            ServerProcess.Core, varnishPort, "varnishd", "-F", "-j", "none", "-a", $"127.0.0.1:{Text(varnishPort)}", "-b", $"127.0.0.1:{Text(originPort)}", "-s", "malloc,1g", "-n", $"{_memory}/varnish");
        Plain.Add(new Peer("Varnish", varnish, name => new Uri($"http://127.0.0.1:{Text(varnishPort)}/film/{name}")));
        Entries.Add(Plain[^1]);
    }

    private async Task<ServerProcess> AddAsync(int core, int port, params string[] command)
    {
        var server = await ServerProcess.StartAsync(core, port, command);
        _servers.Add(server);
        return server;
    }

    /// <summary>Opens a session, whose playlist names the segments: they lie in a timeline, as a player's do.</summary>
    private static async Task<string> OpenAsync(Uri gateway)
    {
        using var client = new HttpClient { BaseAddress = gateway };
        using var answer = await client.PostAsJsonAsync("/api/v1/playback/sessions", new { mediaId = "film", engine = "segmented" });
        var list = (await answer.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>()).GetProperty("hlsUrl").GetString()!;
        _ = await client.GetStringAsync(list);
        return list[..(list.LastIndexOf('/') + 1)];
    }

    private static Uri Tokened(string root, string name, string folder = "token")
    {
        var expires = Text((int)TimeProvider.System.GetUtcNow().AddHours(2).ToUnixTimeSeconds());
        var path = $"/{folder}/film/{name}";
#pragma warning disable CA5351 // It is nginx's.
        var token = Base64Url.EncodeToString(MD5.HashData(Encoding.ASCII.GetBytes($"{expires}{path} bench")));
#pragma warning restore CA5351
        return new Uri($"{root}{path}?md5={token}&expires={expires}");
    }

    private void WriteFiles()
    {
        var film = Directory.CreateDirectory($"{_run}/www/film").FullName;
        Directory.CreateDirectory($"{_run}/tmp");
        Directory.CreateDirectory($"{_memory}/nginx");
        foreach (var (name, bytes) in s_segments)
        {
            var content = new byte[bytes];
            new Random(bytes).NextBytes(content);
            File.WriteAllBytes($"{film}/{name}", content);
        }

        File.WriteAllText($"{film}/master.m3u8", $"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n{string.Concat(s_segments.Select(s => $"#EXTINF:4,\n{s.Name}\n"))}#EXT-X-ENDLIST\n");
        File.WriteAllText($"{film}/live.m3u8", List(90_000, 6));
        File.WriteAllText($"{film}/long.m3u8", List(0, 10_000) + "#EXT-X-ENDLIST\n");
    }

    private static string List(int first, int count)
    {
        var text = new StringBuilder().Append(CultureInfo.InvariantCulture, $"#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:4\n#EXT-X-MEDIA-SEQUENCE:{first}\n");
        for (var i = first; i < first + count; i++) text.Append(CultureInfo.InvariantCulture, $"#EXTINF:4.000,\nunique/{i:00000}/seg_100k.ts\n");
        return text.ToString();
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true, RedirectStandardOutput = true })!;
        var said = process.StandardError.ReadToEndAsync();
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{program}: {await said}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
