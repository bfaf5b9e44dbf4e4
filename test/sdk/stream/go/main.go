// A client of Stream mode with the official SDK. It prints each push as a line of JSON and acknowledges it.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"github.com/open-dingtalk/dingtalk-stream-sdk-go/client"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/event"
	"github.com/open-dingtalk/dingtalk-stream-sdk-go/payload"
)

func report(kind string, data string) {
	line, _ := json.Marshal(map[string]any{"type": kind, "data": json.RawMessage(data)})
	fmt.Println(string(line))
}

func onMessage(_ context.Context, frame *payload.DataFrame) (*payload.DataFrameResponse, error) {
	report("CALLBACK", frame.Data)
	response := payload.NewSuccessDataFrameResponse()
	response.SetData(`{"response":null}`)
	return response, nil
}

func onEvent(_ context.Context, header *event.EventHeader, data []byte) (event.EventProcessStatusType, error) {
	report("EVENT", string(data))
	if header.EventType == "later" {
		return event.EventProcessStatusKLater, nil
	}
	return event.EventProcessStatusKSuccess, nil
}

func main() {
	credential := client.NewAppCredentialConfig(os.Getenv("CLIENT_ID"), os.Getenv("CLIENT_SECRET"))
	one := client.NewStreamClient(
		client.WithAppCredential(credential),
		client.WithOpenApiHost(os.Getenv("HUIZHI")),
		client.WithAutoReconnect(true),
	)
	one.RegisterCallbackRouter("/v1.0/im/bot/messages/get", onMessage)
	one.RegisterAllEventRouter(event.NewDefaultEventFrameHandler(onEvent).OnEventReceived)
	if err := one.Start(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	select {}
}
