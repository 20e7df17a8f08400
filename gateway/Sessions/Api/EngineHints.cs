namespace Gateway.Sessions.Api;

/// <summary>Advice for choosing a player.</summary>
/// <param name="Protocol"><c>hls</c>, <c>dash</c> or <c>file</c>.</param>
/// <param name="SourceType">As in the profile.</param>
/// <param name="RecommendedEngine"><c>direct</c> or <c>segmented</c>.</param>
/// <param name="AssetBuildInFlight">The origin is building the title just now.</param>
internal sealed record EngineHints(string Protocol, string SourceType, string RecommendedEngine, bool? AssetBuildInFlight);
