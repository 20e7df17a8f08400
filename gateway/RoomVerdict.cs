namespace Gateway;

/// <summary>Whether the media room served a request.</summary>
internal enum RoomVerdict
{
    /// <summary>Answered, with the resource or with a problem.</summary>
    Answered,

    /// <summary>Upstream declares it a manifest, which must not go out as it is: nothing was answered.</summary>
    IsManifest,
}
