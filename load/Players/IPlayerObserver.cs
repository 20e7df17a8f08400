using Gateway.Load.Links;

namespace Gateway.Load.Players;

/// <summary>Watches players as they play: live displays, reports, recordings. Called on the loop's thread, so it must be quick.</summary>
internal interface IPlayerObserver
{
    /// <summary>What the viewer sees changed.</summary>
    /// <param name="player">Ordinal.</param>
    /// <param name="from">Before.</param>
    /// <param name="to">Now.</param>
    /// <param name="at">By the run's clock.</param>
    void PhaseChanged(int player, PlayerPhase from, PlayerPhase to, TimeSpan at);

    /// <summary>A media request is over.</summary>
    void SegmentLoaded(in SegmentLoad load);

    /// <summary>Any other request is over.</summary>
    void Exchanged(int player, Transfer transfer);

    /// <summary>The player ended.</summary>
    void Finished(PlayerResult result);
}
