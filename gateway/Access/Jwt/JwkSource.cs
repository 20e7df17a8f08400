using System.Net;

namespace Gateway.Access.Jwt;

/// <summary>Where a key set comes from: the operator's file, or the operator's URL and nowhere else (redirects are not followed).</summary>
internal static class JwkSource
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    public static bool IsUrl(string jwks, out Uri url) => Uri.TryCreate(jwks, UriKind.Absolute, out url!) && url.Scheme is "http" or "https";

    public static Func<CancellationToken, Task<byte[]>> From(string jwks)
    {
        if (!IsUrl(jwks, out var url)) return cancellation => ReadFileAsync(jwks, cancellation);
        // Lives as long as the process; the connection lifetime lets DNS changes through.
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            AutomaticDecompression = DecompressionMethods.All,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            ConnectTimeout = Timeout,
        };
        var client = new HttpClient(handler) { Timeout = Timeout, MaxResponseContentBufferSize = JwkSet.MaxBytes };
        return cancellation => client.GetByteArrayAsync(url, cancellation);
    }

    private static async Task<byte[]> ReadFileAsync(string path, CancellationToken cancellation)
    {
        if (new FileInfo(path).Length > JwkSet.MaxBytes) throw new IOException($"The file is larger than {JwkSet.MaxBytes} bytes.");
        return await File.ReadAllBytesAsync(path, cancellation);
    }
}
