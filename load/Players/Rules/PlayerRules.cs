using Gateway.Load.Links;
using Gateway.Load.Players.Titles;

namespace Gateway.Load.Players.Rules;

/// <summary>
/// What one player does otherwise than another: which rung, when to ask for more, how it measures, when it gives a request up. One instance belongs to one <see cref="Player"/>,
/// which asks and tells; everything else about playing is the same for all.
/// </summary>
internal abstract class PlayerRules
{
    /// <summary>What <see cref="Poll"/> says of a request that has kept the player waiting too long.</summary>
    public const int TimedOut = -2;

    /// <summary>The player; set before anything else is called.</summary>
    public Player Player { get; private set; } = null!;

    /// <summary>Seconds between the last byte of a segment and its being in the buffer: parsing, remuxing, appending.</summary>
    public virtual double AppendSeconds => 0.01;

    /// <summary>Seconds between enough media in the buffer and the picture.</summary>
    public virtual double RenderSeconds => 0.02;

    /// <summary>Seconds of media that the first picture needs.</summary>
    public virtual double StartSeconds => 0;

    /// <summary>Seconds of media that going on after a stall needs.</summary>
    public virtual double ResumeSeconds => 0;

    /// <summary>Seconds between two looks at a segment that is loading; 0 = none.</summary>
    public virtual double PollSeconds => 0;

    /// <summary>Seconds until the next look at a segment that is loading; 0 = none. Rules that know better than their interval when there can be anything to see save the looks before.</summary>
    public virtual double PollIn(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer) => loader.IsVideo || PollsAudio ? PollSeconds : 0;

    /// <summary>Whether audio is looked at too.</summary>
    public virtual bool PollsAudio => false;

    /// <summary>Whether it is asked first whether it is time, by the present rung, and only then for the next one.</summary>
    public virtual bool WaitsFirst => false;

    /// <summary>Whether an initialisation section is asked for beside its segment, not before it.</summary>
    public virtual bool ParallelInit => false;

    /// <summary>Whether initialisation sections are kept; else that of a rung is asked for with every switch to it.</summary>
    public virtual bool KeepsInits => true;

    /// <summary>Whether the hinted part of low-latency HLS is asked for before it is listed.</summary>
    public virtual bool UsesHints => false;

    /// <summary>How long a segment may take as a whole before the player gives the request up; null = as long as the connection lasts.</summary>
    public virtual TimeSpan? SegmentPatience => null;

    /// <summary>How long a segment or a media playlist may take to its first byte; null = no limit but that of the whole.</summary>
    public virtual TimeSpan? FirstBytePatience => null;

    /// <summary>How long a media playlist may take as a whole; null = as long as the connection lasts.</summary>
    public virtual TimeSpan? PlaylistPatience => null;

    /// <summary>The same for the multivariant playlist or MPD.</summary>
    public virtual TimeSpan? ManifestPatience => null;

    /// <summary>What happens after a failed request.</summary>
    public virtual RetryRules Retries => RetryRules.Patient;

    /// <summary>The same for the multivariant playlist or MPD, without which there is nothing to fall back to.</summary>
    public virtual RetryRules ManifestRetries => Retries;

    /// <summary>What it would be told to measure: bits per second; null before the first sample.</summary>
    public abstract double? Estimate { get; }

    public void Attach(Player player) => Player = player;

    /// <summary>A title was opened: its rungs are known, nothing else.</summary>
    public virtual void Opened()
    {
    }

    /// <summary>Which rung to load next.</summary>
    public abstract int Choose(TrackLoader loader);

    /// <summary>Seconds for which a loader has enough; 0 or less = it asks for the next segment now.</summary>
    /// <param name="loader">Which asks.</param>
    /// <param name="rung">What <see cref="Choose"/> said.</param>
    public abstract double Wait(TrackLoader loader, Rung rung);

    /// <summary>Seconds for which a request that is due is put off all the same.</summary>
    public virtual double Delay(TrackLoader loader) => 0;

    /// <summary>A segment, part or initialisation section is being asked for.</summary>
    public virtual void Requested(TrackLoader loader, MediaSegment segment, Rung rung)
    {
    }

    /// <summary>Its last byte is there.</summary>
    public virtual void Loaded(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
    }

    /// <summary>It is in the buffer.</summary>
    public virtual void Appended(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer)
    {
    }

    /// <summary>A playlist or MPD came.</summary>
    public virtual void ManifestLoaded(Transfer transfer)
    {
    }

    /// <summary>A media playlist came and could be read.</summary>
    public virtual void PlaylistLoaded(TrackLoader loader, Rung rung)
    {
    }

    /// <summary>A segment, part or initialisation section did not come.</summary>
    /// <param name="loader">Which asked.</param>
    /// <param name="segment">What for; of an initialisation section the segment that needs it.</param>
    /// <param name="rung">Of which rung.</param>
    /// <param name="transfer">How it went.</param>
    /// <param name="failures">Those before it since the last success.</param>
    public virtual Recovery SegmentFailed(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer, int failures) =>
        failures >= Retries.Tries || (transfer.Status is >= 400 and < 500 and not 429 && !Retries.ClientErrors) ? Recovery.None : Recovery.In(Retries.Delay(failures));

    /// <summary>A media playlist or an index did not come, or cannot be read.</summary>
    public virtual Recovery PlaylistFailed(TrackLoader loader, Rung rung, Transfer transfer, int failures) =>
        failures >= Retries.Tries ? Recovery.None : Recovery.In(Retries.Delay(failures));

    /// <summary>The multivariant playlist or MPD did not come, or cannot be read.</summary>
    public virtual Recovery ManifestFailed(Transfer transfer, int failures) =>
        failures >= ManifestRetries.Tries || (transfer.Status is >= 400 and < 500 && !ManifestRetries.ClientErrors) ? Recovery.None : Recovery.In(ManifestRetries.Delay(failures));

    /// <summary>Looks at a segment that is loading.</summary>
    /// <returns>The rung to load instead; -1 to go on; <see cref="TimedOut"/>.</returns>
    public virtual int Poll(TrackLoader loader, MediaSegment segment, Rung rung, Transfer transfer) => -1;

    /// <summary>The picture moves for the first time, or again.</summary>
    public virtual void Moving()
    {
    }

    /// <summary>Video came after its time while sound played on: so many seconds of frames are dropped.</summary>
    public virtual void CameLate(double seconds)
    {
    }

    /// <summary>The picture stands for want of media.</summary>
    public virtual void Stalled()
    {
    }

    /// <summary>The viewer went elsewhere; buffers are empty unless the place was buffered.</summary>
    public virtual void Seeked()
    {
    }

    /// <summary>How far behind the live edge to begin, in seconds.</summary>
    public virtual double LiveDelay(MediaTrack track) => track.PartTarget is { } part ? 3 * part : 3 * track.Target;
}
