using System.Globalization;

namespace Gateway.Load.Targets;

/// <summary>One gateway in a process of its own, at an address that stays when it is started again.</summary>
/// <param name="index">From 0.</param>
/// <param name="port">On loopback.</param>
internal sealed class GatewayNode(int index, int port) : IAsyncDisposable
{
    private bool _hasFakeClock;

    public int Index => index;

    public string Name { get; } = string.Create(CultureInfo.InvariantCulture, $"gateway-{index + 1}");

    public int Port => port;

    public string Url => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");

    public ChildProcess? Process { get; private set; }

    /// <summary>Whether the run ended it: what ends by itself failed.</summary>
    public bool IsToRun { get; private set; }

    public void Start(string[] launch, IReadOnlyList<string> knobs, IReadOnlyDictionary<string, string> environment)
    {
        Process?.Kill();
        IsToRun = true;
        _hasFakeClock = environment.ContainsKey(FakeClock.Variable);
        Process = ChildProcess.Start(launch[0], [.. launch[1..], Path.Combine(AppContext.BaseDirectory, "Gateway.dll"), "--urls", Url, .. knobs], environment);
    }

    /// <summary>SIGKILL.</summary>
    public void Kill()
    {
        IsToRun = false;
        Process?.Kill();
    }

    /// <summary>SIGTERM.</summary>
    public void Terminate()
    {
        IsToRun = false;
        Process?.Terminate();
    }

    public async ValueTask DisposeAsync()
    {
        if (Process is null) return;
        await Process.DisposeAsync();
        if (_hasFakeClock) FakeClock.Clean(Process.Id);
    }
}
