using System.Diagnostics;
using System.Net.Sockets;

namespace Gateway.FunctionalTests.Common;

/// <summary>
/// nginx or HAProxy, as packaged by Debian, in front of a gateway. It listens on a socket in a folder of its own, so that no port can be taken; towards the gateway it is a
/// caller from this machine.
/// </summary>
internal sealed class FrontServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-front-");
    private readonly Process _process;

    private FrontServer(string program, string configuration, string[] arguments)
    {
        var file = Path.Combine(_folder.FullName, "front.conf");
        Socket = Path.Combine(_folder.FullName, "front.sock");
        File.WriteAllText(file, configuration.Replace("{folder}", _folder.FullName, StringComparison.Ordinal));
        var start = new ProcessStartInfo(program, [.. arguments.Select(a => a.Replace("{file}", file, StringComparison.Ordinal).Replace("{folder}", _folder.FullName, StringComparison.Ordinal))])
        {
            UseShellExecute = false,
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.BeginOutputReadLine();
    }

    private string Socket { get; }

    /// <summary>Starts one and waits until it answers.</summary>
    /// <param name="program"><c>nginx</c> or <c>haproxy</c>.</param>
    /// <param name="gateway">Where the gateway listens.</param>
    /// <param name="forwards">Whether it tells the client's address, as its manual advises; without it, nothing is added.</param>
    public static async Task<FrontServer> StartAsync(string program, Uri gateway, bool forwards)
    {
        var front = program == "nginx" ? Nginx(gateway, forwards) : HAProxy(gateway, forwards);
        await Patience.UntilAsync(async () =>
        {
            if (front._process.HasExited) throw new InvalidOperationException($"{program} ended: {await front._process.StandardError.ReadToEndAsync()}");
            try
            {
                using var socket = await front.ConnectAsync(CancellationToken.None);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return front;
    }

    public HttpClient NewClient() => new(new SocketsHttpHandler
    {
        UseCookies = false,
        ConnectCallback = async (_, stop) =>
        {
            var stream = new NetworkStream(await ConnectAsync(stop), ownsSocket: true);
            // A socket in the file system has no addresses; by the PROXY protocol the client comes from the internet.
            await stream.WriteAsync("PROXY TCP4 203.0.113.7 198.51.100.1 50000 80\r\n"u8.ToArray(), stop);
            return stream;
        },
    })
    {
        BaseAddress = new Uri("http://gateway.example"),
        Timeout = Patience.Deadline,
    };

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        _folder.Delete(recursive: true);
    }

    private static FrontServer Nginx(Uri gateway, bool forwards)
    {
        var told = forwards
            ? "proxy_set_header X-Real-IP $remote_addr; proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto $scheme; proxy_set_header Host $host;"
            : "";
        var configuration = $$"""
            daemon off; master_process off; pid {folder}/nginx.pid; error_log stderr;
            events { }
            http {
              access_log off;
              client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
              server { listen unix:{folder}/front.sock proxy_protocol; set_real_ip_from unix:; real_ip_header proxy_protocol; location / { proxy_pass {{gateway.GetLeftPart(UriPartial.Authority)}}; {{told}} } }
            }
            """;
        return new FrontServer("nginx", configuration, ["-p", "{folder}", "-e", "stderr", "-c", "{file}"]);
    }

    private static FrontServer HAProxy(Uri gateway, bool forwards)
    {
        var configuration = $$"""
            defaults
              mode http
              timeout connect 1m
              timeout client 3m
              timeout server 3m
              {{(forwards ? "option forwardfor" : "")}}
            frontend front
              bind unix@{folder}/front.sock accept-proxy
              default_backend gateway
            backend gateway
              server a {{gateway.Authority}}

            """;
        return new FrontServer("haproxy", configuration, ["-db", "-f", "{file}"]);
    }

    private async Task<Socket> ConnectAsync(CancellationToken stop)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(Socket), stop);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
