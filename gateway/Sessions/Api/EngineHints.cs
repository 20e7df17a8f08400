namespace Gateway.Sessions.Api;

/// <summary>Advice for choosing a player.</summary>
/// <param name="Protocol"><c>hls</c>, <c>dash</c> or <c>file</c>.</param>
/// <param name="SourceType">As in the profile.</param>
/// <param name="RecommendedEngine"><c>direct</c> or <c>segmented</c>.</param>
/// <param name="AssetBuildInFlight">Whether the title is made by the transcoder while it is played; false for one that lies there packaged, null where the gateway has no transcoder and so does not know.</param>
internal sealed record EngineHints(string Protocol, string SourceType, string RecommendedEngine, bool? AssetBuildInFlight);
