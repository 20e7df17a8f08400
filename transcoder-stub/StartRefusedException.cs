namespace TranscoderStub;

/// <summary>The start is impossible for a reason that one line can tell the operator.</summary>
internal sealed class StartRefusedException(string message) : Exception(message);
