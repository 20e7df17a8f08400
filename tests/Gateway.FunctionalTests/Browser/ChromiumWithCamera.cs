namespace Gateway.FunctionalTests.Browser;

/// <summary>Chromium with a fake camera, microphone and screen, which every page gets that asks.</summary>
public sealed class ChromiumWithCamera : Chromium
{
    protected override string[] More => ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"];
}
