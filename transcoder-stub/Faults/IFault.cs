namespace TranscoderStub.Faults;

/// <summary>One way for an origin to misbehave. It stands around the honest answer, which <c>next</c> gives.</summary>
internal interface IFault
{
    Task RunAsync(HttpContext context, RequestDelegate next);
}
