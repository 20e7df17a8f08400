namespace Gateway.Sessions.Api;

/// <summary>What a page does by the gateway's order: nothing of it is compiled into pages.</summary>
/// <param name="Engine"><c>direct</c> or <c>segmented</c>: for this caller, should the next session be of the library.</param>
/// <param name="Mode"><c>staged</c>, <c>direct</c> or <c>segmented</c>.</param>
/// <param name="Stage">Of the roll-out, 0 to 4.</param>
/// <param name="Reverted">Whether new sessions play directly because of a reversion.</param>
/// <param name="Profile"><c>balanced</c> or <c>legacy</c>.</param>
/// <param name="StartupTimeoutMs">A start-up that is not audible by then is tried again.</param>
/// <param name="MinSegmentsBeforePlay">Segments that are in a page's buffer before it plays, unless <paramref name="MinBeforePlayMs"/> is reached first.</param>
/// <param name="MinBeforePlayMs">Media time that is in a page's buffer before it plays, unless <paramref name="MinSegmentsBeforePlay"/> is reached first.</param>
/// <param name="EffectiveFragmentDurationSec">Length of a fragment.</param>
/// <param name="PrewarmEnabled">Whether <c>prewarm</c> has an effect.</param>
/// <param name="GroupsSegmented">Whether shared-listening groups may play segmented.</param>
/// <param name="Progressive">Whether tracks may be played chunk by chunk; false is the operator's emergency stop.</param>
/// <param name="Draw">A page that follows this answer sends it with the URL of the title, as <c>draw</c>: for this session the engine is the one that was told here.</param>
internal sealed record EngineReply(
    string Engine,
    string Mode,
    int Stage,
    bool Reverted,
    string Profile,
    int StartupTimeoutMs,
    int MinSegmentsBeforePlay,
    int MinBeforePlayMs,
    double EffectiveFragmentDurationSec,
    bool PrewarmEnabled,
    bool GroupsSegmented,
    bool Progressive,
    string Draw);
