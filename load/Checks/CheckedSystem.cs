using System.Net.Http.Headers;
using System.Text;

namespace Gateway.Load.Checks;

/// <summary>
/// The system under test by its base URL. It may be one that people watch: requests go one at a time, their number and the size of what is read are bounded, redirects are not followed, and no
/// credential goes with a request unless the caller says so.
/// </summary>
internal sealed class CheckedSystem : IDisposable
{
    /// <summary>More requests than this are no check but a load.</summary>
    public const int MostRequests = 600;

    /// <summary>Bytes that are read of one body.</summary>
    public const int MostBytes = 32 * 1024 * 1024;

    private readonly HttpClient _client;
    private int _requests;

    /// <param name="target">Base URL.</param>
    /// <param name="patience">How long each reply may take.</param>
    /// <param name="connections">For tests; null for the machine's.</param>
    public CheckedSystem(Uri target, TimeSpan patience, HttpMessageHandler? connections = null)
    {
        Target = target;
        _client = new HttpClient(connections ?? new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = target, Timeout = patience };
    }

    public Uri Target { get; }

    public int Requests => _requests;

    /// <exception cref="IOException">The bound is reached.</exception>
    public async Task<Answer> SendAsync(string method, string path, CancellationToken stop, string? body = null, params (string Name, string Value)[] fields)
    {
        if (Interlocked.Increment(ref _requests) > MostRequests) throw new IOException($"More than {MostRequests} requests would be needed: the title lists too much.");
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(Target, path));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        using var message = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, stop);
        return await Answer.ReadAsync(message, MostBytes, stop);
    }

    public Task<Answer> GetAsync(string path, CancellationToken stop, params (string Name, string Value)[] fields) => SendAsync("GET", path, stop, null, fields);

    /// <summary>The first line of an endless answer that begins so; what comes behind its beginning.</summary>
    /// <exception cref="IOException">It ended without one, or was refused.</exception>
    public async Task<string> ReadLineAsync(string path, string beginning, CancellationToken stop, params (string Name, string Value)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Target, path));
        foreach (var (name, value) in fields) request.Headers.TryAddWithoutValidation(name, value);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(stop);
        patience.CancelAfter(_client.Timeout);
        try
        {
            using var message = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, patience.Token);
            if (!message.IsSuccessStatusCode) throw new IOException($"GET {path} answered {(int)message.StatusCode}.");
            using var reader = new StreamReader(await message.Content.ReadAsStreamAsync(patience.Token));
            while (await reader.ReadLineAsync(patience.Token) is { } line)
            {
                if (line.StartsWith(beginning, StringComparison.Ordinal)) return line[beginning.Length..];
            }
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            // Said below.
        }

        throw new IOException($"No line '{beginning}' came in time.");
    }

    public void Dispose() => _client.Dispose();
}
