namespace Gateway.Origin;

/// <summary>
/// Fetches from upstream, with destinations, retries and breakers behind it. Never throws for what upstream does: that is <see cref="OriginReply.Failure"/>.
/// The caller disposes the reply.
/// </summary>
internal delegate ValueTask<OriginReply> FetchUpstream(OriginRequest request, CancellationToken cancellation);
