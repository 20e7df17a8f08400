namespace Gateway.Origin;

/// <summary>
/// Fetches from upstream, with destinations, retries and breakers behind it. Never throws for an upstream failure: that is <see cref="OriginReply.Failure"/>.
/// The caller disposes the reply.
/// </summary>
internal delegate ValueTask<OriginReply> FetchUpstream(OriginRequest request, CancellationToken cancellation);
