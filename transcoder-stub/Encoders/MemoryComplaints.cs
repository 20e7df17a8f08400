namespace TranscoderStub.Encoders;

/// <summary>Sentences by which ffmpeg and its libraries tell that memory ran out.</summary>
internal static class MemoryComplaints
{
    public static bool Match(string errors) => errors.Contains("Cannot allocate memory", StringComparison.Ordinal) || errors.Contains("malloc of size", StringComparison.Ordinal);
}
