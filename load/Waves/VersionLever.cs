using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>
/// Two versions behind HAProxy: weights by its runtime API. A server of weight 0 gets no new viewers and goes on serving those who have its cookie, so nobody who plays is interrupted.
/// </summary>
/// <param name="plan">The step.</param>
/// <param name="socket">Path of HAProxy's socket of level admin.</param>
internal sealed class VersionLever(WavePlan plan, string socket) : IWaveLever
{
    /// <summary>The cookie by which <c>deploy/haproxy/versions.cfg</c> keeps a viewer with a version.</summary>
    public const string Cookie = "GATEWAY_POOL";

    public async Task<double> RaiseAsync(CancellationToken stop)
    {
        await SetAsync(plan.Candidate, plan.Weight, stop);
        await SetAsync(plan.Stable, 100 - plan.Weight, stop);
        return plan.Weight / 100.0;
    }

    public async Task RevertAsync(string why, CancellationToken stop)
    {
        // First the one that takes all, so that there is always one.
        await SetAsync(plan.Stable, 100, stop);
        await SetAsync(plan.Candidate, 0, stop);
    }

    public Task<string?> ReversionAsync(CancellationToken stop) => Task.FromResult<string?>(null);

    public Arm? ArmOf(HttpResponseMessage created, JsonElement body)
    {
        if (!created.Headers.TryGetValues("Set-Cookie", out var cookies)) return null;
        var pool = cookies.FirstOrDefault(static c => c.StartsWith($"{Cookie}=", StringComparison.Ordinal))?[(Cookie.Length + 1)..].Split(';')[0];
        if (string.Equals(pool, plan.Candidate, StringComparison.Ordinal)) return Arm.Treatment;
        return string.Equals(pool, plan.Stable, StringComparison.Ordinal) ? Arm.Control : null;
    }

    public void Dispose()
    {
    }

    private async Task SetAsync(string server, int weight, CancellationToken stop)
    {
        var told = await CommandAsync(string.Create(CultureInfo.InvariantCulture, $"set weight {plan.Backend}/{server} {weight}"), stop);
        if (told.Trim().Length > 0) throw new IOException($"HAProxy does not set the weight of {plan.Backend}/{server}: {told.Trim()}");
    }

    private async Task<string> CommandAsync(string command, CancellationToken stop)
    {
        using var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), stop);
        }
        catch (SocketException e)
        {
            throw new IOException($"HAProxy's socket {socket} cannot be opened ({e.Message}). Give --haproxy the path of a stats socket of level admin.", e);
        }

        await using var stream = new NetworkStream(connection);
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\n"), stop);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(stop);
    }
}
