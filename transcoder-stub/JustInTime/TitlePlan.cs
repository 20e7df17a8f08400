using TranscoderStub.Sources;

namespace TranscoderStub.JustInTime;

/// <summary>A title as it can be made: everything that manifests say, known from the probe alone.</summary>
/// <param name="Source">What is read.</param>
/// <param name="Indexed">Whether a seek in the source lands on the key frame before the wanted time.</param>
/// <param name="Seconds">Duration.</param>
/// <param name="FrameRate">Frames per second as a fraction, null without a picture.</param>
/// <param name="Renditions">Pictures from the largest to the smallest, then sounds likewise.</param>
/// <param name="Settings">What was chosen.</param>
internal sealed record TitlePlan(
    MediaSource Source, bool Indexed, double Seconds, Probing.FrameRate? FrameRate, IReadOnlyList<Rendition> Renditions, TitleSettings Settings)
{
    private const int UsualKbps = 2000;

    public IEnumerable<Rendition> Pictures => Renditions.Where(r => r.IsVideo);

    public IEnumerable<Rendition> Sounds => Renditions.Where(r => !r.IsVideo);

    /// <summary>
    /// What a player takes that knows nothing of its line: the first one of a playlist, and what is made first. At most 2 Mbit/s where there is such a rung, as
    /// Apple's authoring specification has it for a line of unknown width.
    /// </summary>
    public static Rendition FirstOf(IReadOnlyList<Rendition> ladder) => ladder.FirstOrDefault(r => r.Kbps <= UsualKbps) ?? ladder[^1];

    public Rendition? Find(string name) => Renditions.FirstOrDefault(r => r.Name == name);
}
