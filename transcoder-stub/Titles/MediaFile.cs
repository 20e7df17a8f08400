using Microsoft.Net.Http.Headers;

namespace TranscoderStub.Titles;

/// <summary>One file, ready to be answered.</summary>
/// <param name="Body">Its bytes, on disk or in memory.</param>
/// <param name="MediaType">What <c>Content-Type</c> says.</param>
/// <param name="ETag">Strong.</param>
/// <param name="LastModified">When the title was made, not when the file was checked out or copied; null for what may be made again with other bytes, of which no date can tell (RFC 9110 section 8.8.2.2).</param>
/// <param name="CacheControl">How long a shared cache may keep it.</param>
internal sealed record MediaFile(MediaBody Body, string MediaType, EntityTagHeaderValue ETag, DateTimeOffset? LastModified, string CacheControl);
