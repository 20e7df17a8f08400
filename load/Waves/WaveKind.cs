namespace Gateway.Load.Waves;

/// <summary>What a wave compares.</summary>
internal enum WaveKind
{
    /// <summary>Segmented with direct playback, by the gateway's own roll-out.</summary>
    Engine,

    /// <summary>A new version of the gateway with the old one, by weights at HAProxy.</summary>
    Version,
}
