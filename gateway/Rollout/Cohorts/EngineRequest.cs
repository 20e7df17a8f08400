namespace Gateway.Rollout.Cohorts;

/// <summary>What is known of a session before it is opened.</summary>
/// <param name="User">The credential's user; empty for nobody.</param>
/// <param name="Viewer">As operators see the user: the credential's, else a name for everybody at the address. Allow and deny lists go by it.</param>
/// <param name="Session">Id that the session will have: where there is no user, the lot is drawn by it.</param>
/// <param name="Cluster">Where the title lies.</param>
/// <param name="IsInGroup">Whether it is part of a shared-listening group.</param>
internal readonly record struct EngineRequest(string User, string Viewer, Guid Session, string Cluster, bool IsInGroup);
