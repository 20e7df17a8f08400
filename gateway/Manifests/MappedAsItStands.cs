namespace Gateway.Manifests;

/// <summary>When the bytes of a reference already lead the player to the right place.</summary>
internal enum MappedAsItStands
{
    /// <summary>They must be replaced.</summary>
    Never,

    /// <summary>They do, unless the form asks for scheme and host.</summary>
    AsPath,

    /// <summary>They do in any form.</summary>
    Always,
}
