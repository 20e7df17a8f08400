using Microsoft.Net.Http.Headers;

namespace TranscoderStub.Titles;

/// <summary>
/// One file of a title, ready to be answered: it is read and hashed once, at start, so that a slow disk never shows in what a gateway measures.
/// </summary>
/// <param name="Bytes">The whole file.</param>
/// <param name="MediaType">What <c>Content-Type</c> says.</param>
/// <param name="ETag">Strong, made from the bytes alone: equal on every machine that has the same media.</param>
/// <param name="LastModified">When the title was made, not when the file was checked out or copied.</param>
/// <param name="CacheControl">How long a shared cache may keep it.</param>
internal sealed record MediaFile(
    ReadOnlyMemory<byte> Bytes, string MediaType, EntityTagHeaderValue ETag, DateTimeOffset LastModified, string CacheControl);
