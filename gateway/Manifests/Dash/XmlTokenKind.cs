namespace Gateway.Manifests.Dash;

/// <summary>The token that <see cref="XmlCursor.Read"/> found.</summary>
internal enum XmlTokenKind
{
    StartTag,
    EndTag,

    /// <summary>A comment, a CDATA section or a processing instruction: bytes without structure.</summary>
    Opaque,

    Doctype,

    /// <summary>Nothing is left.</summary>
    End,

    /// <summary>The document ends within what began here.</summary>
    Truncated,

    NotWellFormed,
    TooLong,
}
