namespace Gateway.Manifests.Dash.Presentation;

/// <summary>One Representation of one Period.</summary>
internal sealed record DashRepresentation
{
    /// <summary>Ordinal of its Period.</summary>
    public required int Period { get; init; }

    /// <summary>Ordinal of its AdaptationSet in the Period: Representations of one set are alternatives of each other.</summary>
    public required int Set { get; init; }

    /// <summary>Which of its bases its track is at: 0 for the first, the others are the same content elsewhere.</summary>
    public int Alternative { get; init; }

    /// <summary>AdaptationSet@id.</summary>
    public string SetId { get; init; } = "";

    public string Id { get; init; } = "";

    /// <summary>In bit/s.</summary>
    public long Bandwidth { get; init; }

    public string Codecs { get; init; } = "";

    public string MimeType { get; init; } = "";

    /// <summary>video, audio, text, image …; from @contentType, else from the MIME type, else from the codecs.</summary>
    public string ContentType { get; init; } = "";

    public string Language { get; init; } = "";

    public int Width { get; init; }

    public int Height { get; init; }

    public double? FrameRate { get; init; }

    /// <summary>Whether it is for trick play only (DASH-IF IOP, trick modes).</summary>
    public bool IsTrickPlay { get; init; }

    public required DashTrack Track { get; init; }
}
