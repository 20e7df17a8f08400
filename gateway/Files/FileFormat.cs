namespace Gateway.Files;

/// <summary>In which form a client wants a file; the lower-case name is the value of <c>X-File-Format</c>.</summary>
internal enum FileFormat
{
    /// <summary>The file that the path names.</summary>
    Native,

    /// <summary>Uncompressed, for clients that decode nothing.</summary>
    Wav,

    /// <summary>Few bytes, for slow lines.</summary>
    Opus,
}
