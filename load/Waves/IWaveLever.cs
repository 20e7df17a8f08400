using System.Text.Json;
using Gateway.Rollout.Judging;

namespace Gateway.Load.Waves;

/// <summary>What raises a wave and takes it back.</summary>
internal interface IWaveLever : IDisposable
{
    /// <summary>Raises it, and tells the share of viewers that come to the wave, 0 to 1.</summary>
    /// <exception cref="IOException">It was refused; the message says why.</exception>
    Task<double> RaiseAsync(CancellationToken stop);

    /// <summary>Takes the wave back; playing sessions stay where they are.</summary>
    Task RevertAsync(string why, CancellationToken stop);

    /// <summary>Why the system itself has turned back meanwhile; null when it has not.</summary>
    Task<string?> ReversionAsync(CancellationToken stop);

    /// <summary>On which side a viewer is; null when on none.</summary>
    /// <param name="created">The reply to the create.</param>
    /// <param name="body">Its body.</param>
    Arm? ArmOf(HttpResponseMessage created, JsonElement body);
}
