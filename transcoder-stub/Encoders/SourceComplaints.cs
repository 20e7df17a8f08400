namespace TranscoderStub.Encoders;

/// <summary>Sentences by which ffmpeg tells that a source could not be read, as opposed to understood.</summary>
internal static class SourceComplaints
{
    private static readonly string[] s_sentences =
        ["Input/output error", "Server returned", "HTTP error", "Connection refused", "Connection reset", "Connection timed out", "No such file or directory", "Stream ends prematurely"];

    public static bool Match(string errors) => s_sentences.Any(s => errors.Contains(s, StringComparison.Ordinal));
}
