namespace Gateway.Peers;

/// <summary>How this node shows the others that it is one of them, and whether it still takes a share.</summary>
/// <param name="SignRequest">A token for one target, made anew for each request.</param>
/// <param name="IsProof">Whether a proof (first) that came with an answer is a peer's word about what <see cref="PeerFields.ProofOf"/> says (second).</param>
/// <param name="IsLeaving">Whether this node drains.</param>
internal sealed record PeerIdentity(Func<string, string> SignRequest, Func<string, string, bool> IsProof, Func<bool> IsLeaving);
