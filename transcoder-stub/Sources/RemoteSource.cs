namespace TranscoderStub.Sources;

/// <summary>A source that is read over HTTP, as the relay knows it.</summary>
/// <param name="Address">Where the bytes are.</param>
/// <param name="Bearer">Credential that the address asks for; null without one.</param>
/// <param name="Tag">The strong validator that it had when it was found; null if it gave none.</param>
/// <param name="Length">Bytes that it had then.</param>
internal sealed record RemoteSource(Uri Address, string? Bearer, string? Tag, long Length);
