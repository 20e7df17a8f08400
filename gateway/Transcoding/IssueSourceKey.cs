namespace Gateway.Transcoding;

/// <summary>Issues the key with which the transcoder reads the source of a title at this gateway.</summary>
/// <param name="mediaId">The title's name.</param>
internal delegate string IssueSourceKey(string mediaId);
