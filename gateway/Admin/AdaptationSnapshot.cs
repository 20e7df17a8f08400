namespace Gateway.Admin;

/// <summary>What operators set of adaptation.</summary>
/// <param name="CapKbps">Limit for all sessions, kbit/s; 0 = none.</param>
internal sealed record AdaptationSnapshot(int CapKbps);
