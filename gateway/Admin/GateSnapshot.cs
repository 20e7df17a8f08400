namespace Gateway.Admin;

/// <summary>An absolute gate.</summary>
/// <param name="Name">What was judged.</param>
/// <param name="HasPassed">Whether the next stage may come for its sake.</param>
/// <param name="Text">Figure and limit.</param>
internal sealed record GateSnapshot(string Name, bool HasPassed, string Text);
