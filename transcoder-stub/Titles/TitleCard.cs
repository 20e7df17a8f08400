namespace TranscoderStub.Titles;

/// <summary>The file <c>title.json</c> of a title's folder.</summary>
/// <param name="Name">What people call it.</param>
/// <param name="Made">When the media was made: the Last-Modified of every file.</param>
/// <param name="Loop">Whether it is also broadcast, round and round, as a live title; its renditions have to be cut alike then.</param>
internal sealed record TitleCard(string Name, DateTimeOffset Made, bool Loop = false);
