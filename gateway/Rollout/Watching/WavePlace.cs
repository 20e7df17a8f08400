namespace Gateway.Rollout.Watching;

/// <summary>A session's place in a comparison.</summary>
/// <param name="Wave">Of which wave; 0 for a session that is in none.</param>
/// <param name="Name">One session counts for each name, among all gateways.</param>
/// <param name="IsRepeat">Whether this gateway has given the name away before, or the network has no place left: it is counted as a repeat, and not judged.</param>
internal readonly record struct WavePlace(int Wave, ulong Name, bool IsRepeat);
