namespace Gateway.Manifests.Dash;

/// <summary>How a value is spelled in the document, which decides about what must be escaped in its replacement.</summary>
internal enum DashSpelling
{
    /// <summary>Element text with references.</summary>
    Text,

    /// <summary>The inside of one CDATA section: no references.</summary>
    CData,

    /// <summary>Element text interrupted by comments, instructions or CDATA sections.</summary>
    Mixed,

    /// <summary>Attribute in double quotes.</summary>
    DoubleQuoted,

    /// <summary>Attribute in single quotes.</summary>
    SingleQuoted,
}
