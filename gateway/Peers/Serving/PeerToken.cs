using Gateway.Access;
using Gateway.Access.Tickets;

namespace Gateway.Peers.Serving;

/// <summary>
/// What gateways show each other: a token for one object with each request, and one for that request with each answer. Both are signed with the ticket keys, which all nodes share and no client has.
/// Thread-safe.
/// </summary>
internal sealed class PeerToken(TicketKeyRing ring, TimeProvider time)
{
    /// <summary>Bounds by how much the clocks of two nodes may differ: by a time zone. A token opens one object and is seen by nobody but the two, so its life matters little.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private readonly PurposeToken _requests = new(ring, time, "gateway peer request 1");
    private readonly PurposeToken _proofs = new(ring, time, "gateway peer proof 1");

    /// <param name="target">The request target, from the first slash to the end of the query.</param>
    public string ForRequest(string target) => _requests.Issue(target, Lifetime).Text;

    public bool IsRequest(string token, string target) => _requests.Check(token, target) == AccessDenial.None;

    /// <param name="subject">What <see cref="PeerFields.ProofOf"/> says.</param>
    public string Proof(string subject) => _proofs.Issue(subject, Lifetime).Text;

    public bool IsProof(string proof, string subject) => _proofs.Check(proof, subject) == AccessDenial.None;
}
