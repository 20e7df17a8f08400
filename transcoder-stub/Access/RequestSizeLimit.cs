using Microsoft.AspNetCore.Http.Metadata;

namespace TranscoderStub.Access;

/// <summary>Most bytes of a request's body; a longer one is 413.</summary>
internal sealed class RequestSizeLimit(long bytes) : IRequestSizeLimitMetadata
{
    public long? MaxRequestBodySize => bytes;
}
