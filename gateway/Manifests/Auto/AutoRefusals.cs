namespace Gateway.Manifests.Auto;

/// <summary>What a client is told of an <see cref="AutoRefusal"/>.</summary>
internal static class AutoRefusals
{
    private const string Otherwise = " Open the title without rendition=auto.";

    public static string DetailOf(AutoRefusal refusal) => refusal switch
    {
        AutoRefusal.Off => "The rendition auto is switched off here (Gateway:Adaptation:Levers)." + Otherwise,
        AutoRefusal.NoLadder => "The title has fewer than two video renditions that one decoder plays, so there is nothing to choose from." + Otherwise,
        AutoRefusal.NotFetched => "A rendition's playlist cannot be had from the origin now." + Otherwise,
        AutoRefusal.Ranges => "The title's segments are byte ranges of files; the rendition auto needs a file for each segment." + Otherwise,
        AutoRefusal.Encrypted => "The title's segments are encrypted, and renditions may have keys of their own." + Otherwise,
        AutoRefusal.Parts => "The title is a low-latency broadcast with partial segments." + Otherwise,
        AutoRefusal.NotAligned => "The renditions' segments do not begin and end at the same moments, so that one cannot follow another." + Otherwise,
        AutoRefusal.OutOfBand => "The title's segments do not hold their parameter sets (avc1, hvc1); the rendition auto needs them in band (avc3, hev1, or MPEG-TS)." + Otherwise,
        AutoRefusal.InitDiffers => "The renditions' initialisation sections differ in track, time scale or defaults, so that one does not serve the others' segments." + Otherwise,
        AutoRefusal.Periods => "The presentation has several Periods." + Otherwise,
        _ => "",
    };
}
