namespace Gateway.Manifests.Dash;

/// <summary>XML that is rewritten like an MPD but is none: a patch (ISO/IEC 23009-1, 5.15), or an element that an MPD refers to.</summary>
internal sealed class DashPart : DashDocument
{
    private PatchedManifest? _patched;

    /// <summary>
    /// Of a patch, the MPD that resulted from the last application. One is enough: all players of a presentation have the same version of it before the patch.
    /// </summary>
    public PatchedManifest? Patched
    {
        get => Volatile.Read(ref _patched);
        set => Volatile.Write(ref _patched, value);
    }

    protected override long Gained => Patched?.Manifest.Bytes ?? 0;

    public override void DropGains()
    {
        Volatile.Write(ref _patched, null);
        base.DropGains();
    }
}
