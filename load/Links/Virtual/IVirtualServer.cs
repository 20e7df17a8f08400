namespace Gateway.Load.Links.Virtual;

/// <summary>
/// What answers in virtual time. A title does, and so does whatever stands in front of one: an error rate, a cache, or a policy under trial that caps the manifest's ladder,
/// adds CMSD, paces, or sends another body. Each of them wraps the next and sees the request and the reply.
/// </summary>
internal interface IVirtualServer
{
    /// <summary>Answers a request.</summary>
    /// <param name="request">What is asked for.</param>
    /// <param name="arrival">When it arrives, by the wall clock of the run; a reply may be held back from then on.</param>
    VirtualReply Answer(in TransferRequest request, DateTimeOffset arrival);
}
