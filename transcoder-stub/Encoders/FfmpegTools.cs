namespace TranscoderStub.Encoders;

/// <summary>Where ffmpeg and ffprobe are. They are looked for at each use, so that installing them needs no restart.</summary>
internal sealed class FfmpegTools(EncodingOptions options)
{
    public const string MissingLine =
        "ffmpeg and ffprobe are not installed (Debian package ffmpeg): bundled titles play, nothing can be made just in time.";

    public bool Present => Find("ffmpeg") is not null && Find("ffprobe") is not null;

    /// <exception cref="TranscodeException">It is not installed.</exception>
    public ToolProcess Start(string tool, IEnumerable<string> arguments) =>
        ToolProcess.Start(Find(tool) ?? throw new TranscodeException(501, "TRANSCODER_FFMPEG_MISSING", MissingLine), arguments, options.MaxToolBytes);

    private string? Find(string tool)
    {
        var folders = options.ToolFolder.Length > 0 ? [options.ToolFolder] : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var name = OperatingSystem.IsWindows() ? $"{tool}.exe" : tool;
        return folders.Where(f => f.Length > 0).Select(f => Path.Combine(f, name)).FirstOrDefault(File.Exists);
    }
}
